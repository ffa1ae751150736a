"""The doctors' online platform: posts, reach, moderation and the law, hour by hour."""
