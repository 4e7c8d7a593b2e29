"""Pictures and sound: probing, frames, verification, drawing, joining, and the workers that do it."""
