"""What an uploaded file must be before it is kept: decided from its bytes, never from what it claims. Pure."""
