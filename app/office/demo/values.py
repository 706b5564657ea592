"""The words the synthetic world is made of. No real person: given names and surnames are drawn at
random.
"""

from app.kernel.text import LocalizedText

GIVEN_ES = (
    "Ana Lucía",
    "María José",
    "Karla",
    "Gabriela",
    "Claudia Patricia",
    "Rosa Elena",
    "Marta",
    "Silvia",
    "Yesenia",
    "Iris",
    "Dunia",
    "Xiomara",
    "Nohemí",
    "Íngrid",
    "Verónica",
    "Sofía",
    "Daniela",
    "Lourdes",
    "Marisol",
    "Concepción",
    "Jorge Luis",
    "Carlos Eduardo",
    "José Ángel",
    "Óscar",
    "Rolando",
    "Luis Alfonso",
    "Héctor",
    "Mario Roberto",
    "Iván",
    "Rubén",
    "Edgardo",
    "Julio César",
    "Ángel",
    "Nelson",
    "Wilmer",
    "Fernando",
    "Marvin",
    "Noé",
    "Raúl",
    "Tomás",
)
SURNAMES_ES = (
    "Núñez",
    "Ordóñez",
    "Mejía",
    "Castañeda",
    "Peña",
    "Zúñiga",
    "Muñoz",
    "Ibáñez",
    "Argüello",
    "Güell",
    "Pacheco",
    "Rivas",
    "Escobar",
    "Lemus",
    "Cáceres",
    "Alvarado",
    "Barahona",
    "Chacón",
    "Discua",
    "Estrada",
    "Flores",
    "Galeano",
    "Henríquez",
    "Jirón",
    "Lobo",
    "Madrid",
    "Navarro",
    "Ochoa",
    "Pineda",
    "Quesada",
    "Reyes",
    "Solórzano",
    "Turcios",
    "Umaña",
    "Vásquez",
    "Ulloa",
    "Ventura",
    "Yánez",
    "de la O",
    "del Cid",
    "Rodríguez",
    "Hernández",
    "García",
    "López",
    "Martínez",
)
GIVEN_EN = (
    "Denise",
    "Sharon",
    "Abigail",
    "Claire",
    "Megan",
    "Erin",
    "Yolanda",
    "Therese",
    "Marjorie",
    "Dawn",
    "Andre",
    "Kevin",
    "Marcus",
    "Elroy",
    "Graham",
    "Dwight",
    "Peter",
    "Vincent",
    "Lionel",
    "Samuel",
)
SURNAMES_EN = (
    "Usher",
    "Flowers",
    "Gillett",
    "Young",
    "Tillett",
    "Bennett",
    "Tremblay",
    "Roy",
    "Campbell",
    "Fraser",
    "Nguyen",
    "Walker",
    "Brooks",
    "Coleman",
    "Reed",
    "Sanders",
    "Whitfield",
    "O'Neil",
    "Pratt",
    "Castillo",
)

INSTITUTIONS = (
    (
        "foreign-affairs",
        LocalizedText("Dirección General de Asuntos Consulares", "Directorate of Consular Affairs"),
    ),
    ("migration", LocalizedText("Dirección General de Migración", "Directorate of Migration")),
    (
        "womens-mechanism",
        LocalizedText("Mecanismo Nacional de las Mujeres", "National Women's Mechanism"),
    ),
    ("labour", LocalizedText("Ministerio de Trabajo", "Ministry of Labour")),
)

POSTS = {
    "foreign-affairs": (
        LocalizedText("Cónsul general", "Consul General"),
        LocalizedText("Vicecónsul de protección", "Vice-Consul for Protection"),
        LocalizedText("Oficial de protección consular", "Consular Protection Officer"),
        LocalizedText("Agente de ventanilla", "Counter Agent"),
    ),
    "migration": (
        LocalizedText("Oficial de retorno y recepción", "Return and Reception Officer"),
        LocalizedText("Inspectora o inspector de frontera", "Border Inspector"),
        LocalizedText("Encargada o encargado de derechos humanos", "Human Rights Officer"),
    ),
    "womens-mechanism": (
        LocalizedText(
            "Coordinación de atención a mujeres migrantes", "Migrant Women Assistance Coordinator"
        ),
        LocalizedText("Psicóloga o psicólogo de primera atención", "First-Response Psychologist"),
    ),
    "labour": (LocalizedText("Inspección de migración laboral", "Labour Migration Inspector"),),
}

# Seats of each kind of institution: small states have fewer. Keys are ISO codes; others take the
# default.
SEATS = {"MX": 46, "US": 38, "CA": 26, "GT": 40, "HN": 40, "SV": 34, "BZ": 12, "PA": 24}
SEATS_DEFAULT = 28

WEBINARS = (
    (
        "protection",
        LocalizedText(
            "Primera entrevista segura en el consulado", "A safe first interview at the consulate"
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            "Contratación equitativa de trabajadoras temporales",
            "Fair recruitment of women temporary workers",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            "Detección en frontera sin perfiles", "Detection at the border without profiling"
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText("Movimientos mixtos: primera respuesta", "Mixed movements: first response"),
    ),
    (
        "protection",
        LocalizedText(
            "Referencia entre países: de la frontera al consulado",
            "Referral between countries: from border to consulate",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            "Inspección laboral con enfoque de género", "Labour inspection with a gender lens"
        ),
    ),
    (
        "border-management",
        LocalizedText("Confidencialidad en puestos fronterizos", "Confidentiality at border posts"),
    ),
    (
        "irregular-mass-migration",
        LocalizedText("Niñez y presunción de minoridad", "Children and presumption of minority"),
    ),
    (
        "protection",
        LocalizedText("Preguntas que no hieren dos veces", "Questions that do not wound twice"),
    ),
    ("labour-migration", LocalizedText("Acuerdos laborales bilaterales y mujeres", "")),
    (
        "border-management",
        LocalizedText(
            "Registro de llegada y trato digno", "Arrival registration and dignified treatment"
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            "Caravanas: coordinación entre países", "Caravans: coordination between countries"
        ),
    ),
    (
        "protection",
        LocalizedText(
            "Consentimiento informado en la referencia de casos",
            "Informed consent when referring cases",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            "Primera atención en puestos fronterizos pequeños",
            "First response at small border posts",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            "Trabajadoras del hogar: información antes de viajar",
            "Domestic workers: information before travelling",
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            "Unidad familiar en los movimientos masivos", "Family unity in mass movements"
        ),
    ),
    (
        "protection",
        LocalizedText(
            "Violencia basada en género: qué hacer ante una revelación",
            "Gender-based violence: what to do when it is disclosed",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            "Intercambio de datos que protege a las personas", "Data exchange that protects people"
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            "Ventanillas consulares y derechos laborales", "Consular counters and labour rights"
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            "Retorno digno: del vuelo a la comunidad",
            "Dignified return: from the flight to the community",
        ),
    ),
)
