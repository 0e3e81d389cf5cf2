"""Names to make people of, from many places. Put together at random, they are nobody's."""

GIVEN = (
    "Aisha", "Alan", "Amara", "Anil", "Anja", "Arjun", "Astrid", "Bao", "Beata", "Carys", "Chidi", "Clara", "Daniel",
    "Deepa", "Edith", "Elif", "Emeka", "Farah", "Fiona", "Gareth", "Giulia", "Hana", "Hugo", "Ines", "Ivan", "Jamal",
    "Jolanta", "Kofi", "Kwame", "Leila", "Lorna", "Mairead", "Malik", "Mei", "Miguel", "Nadia", "Niamh", "Olena",
    "Omar", "Paulo", "Priya", "Rhys", "Ruth", "Sanjay", "Sofia", "Tariq", "Thandiwe", "Ursula", "Viktor", "Yasmin",
    "Zofia",
)  # fmt: skip

FAMILY = (
    "Abbott", "Achebe", "Ahmed", "Akhtar", "Andersen", "Baptiste", "Bianchi", "Byrne", "Castillo", "Chen", "Clarke",
    "Costa", "Dlamini", "Dubois", "Eze", "Fraser", "Gallagher", "Grant", "Gupta", "Haile", "Hassan", "Hoang", "Ito",
    "Jansen", "Jones", "Kaur", "Kelly", "Kim", "Kowalski", "Lindqvist", "Mahmoud", "Marsh", "Mensah", "Moreau",
    "Murphy", "Nakamura", "Ncube", "Novak", "Okafor", "Osei", "Patel", "Pereira", "Petrov", "Quinn", "Rossi", "Santos",
    "Shah", "Silva", "Singh", "Tanaka", "Thapa", "Turner", "Usman", "Vasquez", "Walsh", "Weber", "Yilmaz", "Zhang",
)  # fmt: skip
