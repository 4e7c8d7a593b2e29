"""The live board: the film as a page that changes while it is rendered, and where a person decides.

Laws.
- The page is made on the server, every word of it escaped; what changes is sent as pieces of it.
- Nothing changes by GET. What is decided here is written as the commands write it.
- The board holds no lock and writes no state; renders that it starts are processes of their own.
"""
