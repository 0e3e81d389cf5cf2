BARE = "/bench/"
