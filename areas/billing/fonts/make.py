"""Makes the fonts of invoices from Inter's web fonts. Usage: make.py SOURCE.woff2 TARGET.ttf"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

source, target = sys.argv[1:3]
# Latin, Latin-1, Latin Extended-A, punctuation, currency signs, minus and arrows.
ranges = "0020-007E,00A0-017F,0192,02C6,02DA,02DC,2010-2015,2018-201E,2020-2022,2026,2030,2039-203A,2044,20AC,2116,2122,2212,2248,2260,2264-2265,2192"
codes = []
for part in ranges.split(","):
    first, _, last = part.partition("-")
    codes += range(int(first, 16), int(last or first, 16) + 1)

font = TTFont(source)
# Digits of one width, so that amounts stand in columns: what the feature tnum would do.
tabular = {}
for record in font["GSUB"].table.FeatureList.FeatureRecord:
    if record.FeatureTag == "tnum":
        for index in record.Feature.LookupListIndex:
            for table in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                tabular.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
for table in font["cmap"].tables:
    for code in range(0x30, 0x3A):
        if code in table.cmap:
            table.cmap[code] = tabular.get(table.cmap[code], table.cmap[code])

options = subset.Options()
options.layout_features = ["kern", "ccmp", "locl", "mark", "mkmk"]
options.hinting = False
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=codes)
subsetter.subset(font)
font.flavor = None
font.save(target)
