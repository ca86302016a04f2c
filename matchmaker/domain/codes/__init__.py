"""Code tables: official classifications and the trade's own lists, each a CSV file beside this module.

`table("contract_fields").name("energy")` is the Chinese name; the web floor translates it when it shows it. To change
or add a code, edit the file. A file's columns are code, name and, where needed, parent (a code of the same table) and
aliases (other spellings that spreadsheets use, parted by semicolons).

Sources: industries from GB/T 4754-2017 (20 sections, 97 divisions); provinces, xinjiang_prefectures and
urumqi_districts from GB/T 2260 with the changes published up to 2022; countries from ISO 3166-1 alpha-2; trl after
GB/T 22900 (the descriptions are ours, shortened); contract_fields, hightech_fields and the achievements' lists as in
the national registration forms.
"""

from matchmaker.domain.codes.lookup import TABLES, Code, CodeTable, table
from matchmaker.domain.codes.regions import coarse_region, region_covers, region_path

__all__ = ["TABLES", "Code", "CodeTable", "coarse_region", "region_covers", "region_path", "table"]
