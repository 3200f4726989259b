"""Accounts: signing in and what guards it, sessions, invitations, sign-on through another house's directory."""
