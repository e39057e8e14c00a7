"""The dashboard: all sites, lobbies and devices in a browser, for whoever looks after them.

Static files that speak MQTT to the central broker, like the pages in the lobbies, with which they
share the connection, the login and the look. Read only: its login may say nothing. What a page
cannot know by itself, how the day was before it was opened, is kept here and told on the same
broker, under the same rights (`curves`).
"""
