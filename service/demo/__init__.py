"""The demo city, written as the files a real office would hold."""
