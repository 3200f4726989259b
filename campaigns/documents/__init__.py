"""What the portal writes for people to sign and print: layout of Decree 30/2020 as .docx, pages as PDF, charts."""
