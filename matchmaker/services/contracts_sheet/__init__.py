"""Registration form data of contracts as a spreadsheet, out and in again.

Reading in what was written out changes nothing. All rows of a sheet are taken or none, and what is wrong is told by the
address of its cell. The technology transaction value is only ever computed: a sheet that states another is refused.
"""
