using System.Security.Cryptography;

namespace Pier.Engine.Containers;

/// <summary>Names for containers that were given none: an adjective and a harbour word, "calm_breakwater".</summary>
static class NameGenerator
{
    static readonly string[] Adjectives =
    [
        "amber", "ample", "azure", "balmy", "bold", "brave", "bright", "brisk", "calm", "candid", "careful", "cheerful", "clear", "clever",
        "coastal", "crisp", "curious", "daring", "deep", "eager", "early", "easy", "fair", "fearless", "fleet", "frank", "fresh", "gentle",
        "glad", "golden", "grand", "hardy", "honest", "humble", "jolly", "keen", "kind", "late", "lively", "lucid", "lucky", "mellow",
        "merry", "mighty", "modest", "neat", "nimble", "noble", "open", "patient", "plain", "polite", "proud", "quick", "quiet", "rapid",
        "ready", "robust", "salty", "serene", "sharp", "silent", "silver", "simple", "sleek", "smooth", "solid", "spry", "steady", "stout",
        "sunny", "swift", "tidal", "tidy", "trim", "true", "upbeat", "vivid", "warm", "wise", "witty", "zesty",
    ];

    static readonly string[] Nouns =
    [
        "anchor", "barge", "barnacle", "bay", "beacon", "berth", "boathook", "bollard", "breakwater", "bridge", "buoy", "cable", "canal",
        "capstan", "cargo", "channel", "cleat", "clipper", "compass", "coral", "cove", "crane", "current", "cutter", "davit", "deck",
        "dinghy", "dock", "dolphin", "drift", "estuary", "fathom", "ferry", "fjord", "fleet", "galley", "gangway", "gull", "halyard", "harbor",
        "hatch", "hawser", "helm", "heron", "hull", "inlet", "islet", "jetty", "keel", "ketch", "knot", "lagoon", "landing", "lantern",
        "lighter", "lighthouse", "longboat", "marina", "marlin", "mast", "mooring", "narwhal", "osprey", "paddle", "pelican", "pilot",
        "piling", "porpoise", "quay", "rigging", "rudder", "sail", "schooner", "seal", "sextant", "shoal", "skiff", "sloop", "sounding",
        "spinnaker", "tanker", "tern", "tide", "tiller", "trawler", "tug", "wharf", "whale", "winch", "yawl",
    ];

    /// <summary>A name that <paramref name="taken"/> does not know. After some tries a digit is added.</summary>
    public static string Next(Func<string, bool> taken)
    {
        for (var round = 0; ; round++)
        {
            var name = $"{Pick(Adjectives)}_{Pick(Nouns)}{(round < 6 ? "" : RandomNumberGenerator.GetInt32(10 * round).ToString(System.Globalization.CultureInfo.InvariantCulture))}";
            if (!taken(name)) return name;
        }
    }

    static string Pick(string[] words) => words[RandomNumberGenerator.GetInt32(words.Length)];
}
