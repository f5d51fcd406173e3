"""Sites: areas, stations, halls, containers and sensors, and the water and weather around them."""
