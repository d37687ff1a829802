"""For those who write the next chapter: its skeleton, with one exercise that is proved."""
