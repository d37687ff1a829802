"""What a notebook shows: SQL, pictures, sliders, pages; each in plain text, too."""
