"""What the models of furniture libraries are for, and what they are called here.

Made from the English names and categories of the libraries that the Debian package sweethome3d-furniture holds. A name
that the table does not know gets its role from its category or its size.
"""

from spnet.synth.assets.sh3f import Entry

_NAMES = {  # role: names in the catalogue; "Category/name" where a name means different things
    "seat": """
        armchair; bar chair; bar stool; cafe chair; chair; chair with cushion; child chair; children chair; class
        seat; deck chair; folding chair; modern armchair; oak chair; osaka chair; piano bench; plastic chair; puff;
        rattan armchair; ryokan chair; stool; teck chair; winchester armchair; armchair ottoman; baby high chair;
        relax chair; wheelchair""",
    "sofa": """
        burlap sofa; clear sofa; convertible sofa bz; corner sofa; couch; futon couch; rattan sofa; sofa; sofa 2
        seats; sofa 3 seats; winchester sofa""",
    "table": """
        bar table; black table; cafe table; children table; coffee table; folding table; glass table; oak table;
        rattan table; round table; table; table on trestles; table with tablecloth; island; island extension;
        Exterior/little bank""",
    "desk": """
        desk; desk table; technical table; wooden alder table; wooden desk; wooden table; wooden teak table;
        dressing table; workbench""",
    "bed": """
        baby bed; bed; bunk bed; captain's bed; child bed; crib; day bed; futon; hospital bed; iron bed; mezzanine
        bed; opened convertible sofa bz; air mattress; sleeping bag""",
    "cabinet": """
        bedside table; chest; cupboard; dresser with drawers; drawers cabinet; filing cabinet; glass door cabinet;
        high cabinet; lower cabinet; lower corner cabinet; sink cabinet; sink; small lower cabinet; small upper
        cabinet; television cabinet; tv stand; upper cabinet; upper corner cabinet; wardrobe; contemporary living
        room; changing table; Living room/box; Office/box; locked locker""",
    "shelf": "bookcase; full bookcase; shelves; vertical shelves; upper shelves cabinet",
    "appliance": """
        chest freezer; clothes washing machine; dryer machine; washing machine; double oven; oven; fridge; large
        fridge; refrigerator; large stove; propane stove; hood; range hood; water cooler; radiator; furnace;
        electric water heater; gaz water heater; air conditioning - internal unit; cooktop; stove; induction cooker
        2 zones; induction cooker 4 zones""",
    "bathroom": """
        bath; bidet; corner bathtub; double vanity; island bath; shower door; shower head and faucet; shower stall;
        small lavatory; toilets unit; urinal; vanity; washbasin""",
    "table lamp": "desk lamp; lamp; little lamp; pedestal vase lamp",
    "ceiling lamp": """
        ceiling fan; ceiling lamp; chandelier lamp; fluorescent light; fluorescent strip; hanging light; pendant
        lamp; track lights; outdoor lamp; smoke detector""",
    "wall lamp": "porch light; wall lamp artwork; wall light; wall spotlight; emergency sign",
    "plant": """
        Living room/bamboo; bonsai tree; cactus; christmas tree; decorative plant; Living room/ficus; flower box;
        flowers; indoor plant; little plant; orchids; plant; plant box; spathiphyllum; spider plant; succulent
        plant; tulips; white lily; yucca""",
    "large": """
        abdominal bench; clothes horse; clothes rack; hanging clothes; electric guitar; elevator; fireplace; fitness
        tower; flipper; football table; grand piano; indoor bike; pool table; punching ball; Miscellaneous/screen;
        step ladder; small step ladder; table tennis; treadmill; upright piano; white board; mower; stroller;
        jacuzzi; barrel; pallet; doll house; umbrella""",
    "rug": "bathmat; doormat; oriental rug; round carpet; tatami",
    "curtain": "curtain; shower curtain; window blind",
    "small": "skateboard; jacket; dress; trousers; short; skirt",
    "door": """
        door; double door; double door with panes; elevator door; exterior door; garage door; glass door; screen
        door""",
    "window": """
        double arched window; double french window 3 panes; double french window small panes; double window 3 panes;
        double window 4 panes; double window with large pane; double-hung window; quadruple arched window; quadruple
        french window; quadruple french window 3 panes; quadruple french window small panes; sliding window; triple
        french window; turn window; window shutter""",
    "stairs": "escalator; spiral staircase",
    "person": """
        boy; female; girl; holding female; holding male; lying down boy; lying down female; lying down male; male;
        mannequin female; mannequin male; sitting boy; sitting female; sitting girl; sitting male""",
    "animal": "bulldog; cat; chicken; dog; horse; rabbit; siamese cat",
    "car": """
        chevrolet; concept sedan 01; concept sedan 02; concept sedan 02 sport; ford focus; peugeot 308 cc; renault
        scenic; seat leon; smart car; suv; van; vw new beetle""",
    "vehicle": "bus; city bus; fork lift; truck",
    "cycle": "bicycle; bike; scooter; tricycle; yamaha yzr r6",
    "tree": """
        acacia; Exterior/bamboo; bended coconut tree; blue pine under snow; bush; coconut tree; copper beech;
        cypress; Exterior/ficus; japanese maple; palm tree; peach blossom; pine; pine under snow; poplar; sycamore
        maple""",
    "street": """
        arrow straight ahead; arrow turn right; arrow turn right and ahead; classic lamppost; concrete sidewalk;
        cone; fire hydrant; mailbox; park light; park trashcan; parking slot; parking slot 45°; parking slot 60°;
        parking slot 75°; parking slot 90°; pedestrian crossing; rail crossing; rails; residential trashcan;
        shipping container; street lamp; street light; concrete bench; painted bench; Exterior/bench""",
    "garden": """
        barnum; basketball net; beach chair; camping tent; child hut; child swing; children game; diving board; dog
        house; football goal; fountain; garden hut; hammock; hose reel; motorbike; pool lounge; porch column;
        rectangle swimming pool; rock; round swimming pool; rowboat; sandpit; seesaw; snowman; stone lantern;
        swimming pool; trampoline; Exterior/umbrella; wheelbarrow; wood bank; wood logs; Exterior/chair;
        Exterior/deck chair; Exterior/table; chimney; round chimney""",
    "fence": "fence; hedge; high hedge; iron railing; pedestrian railing",
    "wall": """
        air conditioning - external unit; cuckoo clock; dart game; intercom; intercom with screen; letters box;
        number lock; surveillance camera; wall flat tv; wall hanger; toilet paper dispenser; towel rack;
        Bathroom/towel; garden faucet; entry bell ring; entry speech unit; toilet brush""",
}

_SHOWN = {  # other names than the catalogue's: no brands, no slips
    "apple ibook": "Laptop", "apple imac 1998": "Computer", "apple imac 2004": "Computer",
    "apple iphone": "Smartphone", "playstation": "Game console", "rubik's cube": "Puzzle cube",
    "chevrolet": "Sports car", "ford focus": "Car", "peugeot 308 cc": "Car", "renault scenic": "Car",
    "seat leon": "Car", "smart car": "Small car", "suv": "Off-road car", "vw new beetle": "Car",
    "yamaha yzr r6": "Motorbike", "concept sedan 01": "Sedan", "concept sedan 02": "Sedan",
    "concept sedan 02 sport": "Sports sedan", "winchester armchair": "Armchair", "winchester sofa": "Sofa",
    "frame chambord": "Picture frame", "frame hôi an": "Picture frame", "hashtray": "Ashtray",
    "socket": "Sock", "trunck": "Trunk", "teck chair": "Teak chair", "wood bank": "Wooden bench",
    "little bank": "Bench", "gaz water heater": "Gas water heater", "flipper": "Pinball machine",
    "motorbike": "Spring rocker", "barnum": "Canopy", "bootie": "Ankle boots",
}  # fmt: skip

UNWANTED = {  # what a scene should not show, and why
    "bill 10€": "is a banknote",
    "bill 20€": "is a banknote",
    "bill 50€": "is a banknote",
}

_ROLE_OF = {" ".join(name.split()): role for role, names in _NAMES.items() for name in names.split(";")}

_SMALL = 0.65  # metres along the longest side


def role_of(entry: Entry) -> str:
    """One of MODEL_ROLES."""
    name = entry.name.lower()
    known = _ROLE_OF.get(f"{entry.category}/{name}") or _ROLE_OF.get(name)
    if known == "table lamp" and entry.size[1] > 1:
        return "floor lamp"
    if known in ("table lamp", "small") and entry.elevation > 1.5:
        return "ceiling lamp"
    if known:
        return known
    if entry.elevation > 0:
        return "wall"
    return "small" if max(entry.size) <= _SMALL else "large"


def shown_name(entry: Entry) -> str:
    """What the model is called where people see it."""
    return _SHOWN.get(entry.name.lower(), entry.name)
