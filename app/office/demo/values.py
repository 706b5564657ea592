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
        LocalizedText(
            es="Dirección General de Asuntos Consulares", en="Directorate of Consular Affairs"
        ),
    ),
    (
        "migration",
        LocalizedText(es="Dirección General de Migración", en="Directorate of Migration"),
    ),
    (
        "womens-mechanism",
        LocalizedText(es="Mecanismo Nacional de las Mujeres", en="National Women's Mechanism"),
    ),
    ("labour", LocalizedText(es="Ministerio de Trabajo", en="Ministry of Labour")),
)

POSTS = {
    "foreign-affairs": (
        LocalizedText(es="Cónsul general", en="Consul General"),
        LocalizedText(es="Vicecónsul de protección", en="Vice-Consul for Protection"),
        LocalizedText(es="Oficial de protección consular", en="Consular Protection Officer"),
        LocalizedText(es="Agente de ventanilla", en="Counter Agent"),
    ),
    "migration": (
        LocalizedText(es="Oficial de retorno y recepción", en="Return and Reception Officer"),
        LocalizedText(es="Inspectora o inspector de frontera", en="Border Inspector"),
        LocalizedText(es="Encargada o encargado de derechos humanos", en="Human Rights Officer"),
    ),
    "womens-mechanism": (
        LocalizedText(
            es="Coordinación de atención a mujeres migrantes",
            en="Migrant Women Assistance Coordinator",
        ),
        LocalizedText(
            es="Psicóloga o psicólogo de primera atención", en="First-Response Psychologist"
        ),
    ),
    "labour": (
        LocalizedText(es="Inspección de migración laboral", en="Labour Migration Inspector"),
    ),
}

# Seats of each kind of institution: small states have fewer. Keys are ISO codes; others take the
# default.
SEATS = {"MX": 46, "US": 38, "CA": 26, "GT": 40, "HN": 40, "SV": 34, "BZ": 12, "PA": 24}
SEATS_DEFAULT = 28

WEBINARS = (
    (
        "protection",
        LocalizedText(
            es="Primera entrevista segura en el consulado",
            en="A safe first interview at the consulate",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            es="Contratación equitativa de trabajadoras temporales",
            en="Fair recruitment of women temporary workers",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            es="Detección en frontera sin perfiles", en="Detection at the border without profiling"
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            es="Movimientos mixtos: primera respuesta", en="Mixed movements: first response"
        ),
    ),
    (
        "protection",
        LocalizedText(
            es="Referencia entre países: de la frontera al consulado",
            en="Referral between countries: from border to consulate",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            es="Inspección laboral con enfoque de género", en="Labour inspection with a gender lens"
        ),
    ),
    (
        "border-management",
        LocalizedText(
            es="Confidencialidad en puestos fronterizos", en="Confidentiality at border posts"
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            es="Niñez y presunción de minoridad", en="Children and presumption of minority"
        ),
    ),
    (
        "protection",
        LocalizedText(
            es="Preguntas que no hieren dos veces", en="Questions that do not wound twice"
        ),
    ),
    ("labour-migration", LocalizedText(es="Acuerdos laborales bilaterales y mujeres")),
    (
        "border-management",
        LocalizedText(
            es="Registro de llegada y trato digno",
            en="Arrival registration and dignified treatment",
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            es="Caravanas: coordinación entre países", en="Caravans: coordination between countries"
        ),
    ),
    (
        "protection",
        LocalizedText(
            es="Consentimiento informado en la referencia de casos",
            en="Informed consent when referring cases",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            es="Primera atención en puestos fronterizos pequeños",
            en="First response at small border posts",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            es="Trabajadoras del hogar: información antes de viajar",
            en="Domestic workers: information before travelling",
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            es="Unidad familiar en los movimientos masivos", en="Family unity in mass movements"
        ),
    ),
    (
        "protection",
        LocalizedText(
            es="Violencia basada en género: qué hacer ante una revelación",
            en="Gender-based violence: what to do when it is disclosed",
        ),
    ),
    (
        "border-management",
        LocalizedText(
            es="Intercambio de datos que protege a las personas",
            en="Data exchange that protects people",
        ),
    ),
    (
        "labour-migration",
        LocalizedText(
            es="Ventanillas consulares y derechos laborales",
            en="Consular counters and labour rights",
        ),
    ),
    (
        "irregular-mass-migration",
        LocalizedText(
            es="Retorno digno: del vuelo a la comunidad",
            en="Dignified return: from the flight to the community",
        ),
    ),
)
