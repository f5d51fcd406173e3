"""Rules of places, containers, sensors and people that AquaMind's models and pages require."""

from aquamind_assets.laws.rules.model import Rule, rule, versions_of

RULES: list[Rule] = [
    rule(
        "auth_user",
        "profile",
        "Every user has a profile.",
        "NOT EXISTS (SELECT 1 FROM users_userprofile p WHERE p.user_id = t.id)",
    ),
    rule(
        "infrastructure_containertype",
        "max_volume_m3.positive",
        "The largest volume of a container type is positive.",
        "t.max_volume_m3 <= 0",
    ),
    rule(
        "infrastructure_container",
        "volume_m3.positive",
        "A container holds at least 0.01 m3 of water.",
        "t.volume_m3 < 0.01",
    ),
    rule(
        "infrastructure_container",
        "volume_m3.type",
        "A container is not larger than its type allows.",
        "t.volume_m3 > [container_type_id.max_volume_m3]",
    ),
    rule(
        "infrastructure_container",
        "max_biomass_kg.positive",
        "The maximum biomass of a container is positive.",
        "t.max_biomass_kg <= 0",
    ),
    *(
        Rule(
            f"{table}.name.unique_in_{place}",
            table,
            f"No two rows with the same {place.removesuffix('_id')} share a name.",
            query=(
                f"SELECT min(t.id) AS id FROM {table} t WHERE {{rows}} AND t.{place} IS NOT NULL GROUP BY t.{place},"
                " t.name HAVING count(*) > 1"
            ),
        )
        for table, place in (
            ("infrastructure_area", "geography_id"),
            ("infrastructure_freshwaterstation", "geography_id"),
            ("infrastructure_hall", "freshwater_station_id"),
            ("infrastructure_container", "hall_id"),
            ("infrastructure_container", "area_id"),
            ("infrastructure_sensor", "container_id"),
            ("infrastructure_feedcontainer", "hall_id"),
            ("infrastructure_feedcontainer", "area_id"),
        )
    ),
    rule(
        "infrastructure_sensor",
        "last_calibration_date.order",
        "A sensor is calibrated after it is installed.",
        "t.last_calibration_date < t.installation_date",
    ),
    rule(
        "infrastructure_feedcontainer",
        "capacity_kg.positive",
        "The capacity of a feed store is positive.",
        "t.capacity_kg <= 0",
    ),
    versions_of("infrastructure_historicalcontainer", "infrastructure_container"),
]
