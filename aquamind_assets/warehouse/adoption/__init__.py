"""Master data that a database already has: recognized by natural keys, referred to, never changed and never counted.

Belongs here: which tables have natural keys, who decides what becomes of a row that meets a user-entered one, and the
translation of ids and values on the way into the database and back. Does not belong here: loading and deleting rows.
"""
