using System.Security.Cryptography;

namespace Pier.Model;

/// <summary>
/// Ids of containers, execs and networks: 64 lower-case hex digits from the system's random source, as Docker makes them.
/// </summary>
public static class Ids
{
    /// <summary>Length of the short form that lists print.</summary>
    public const int ShortLength = 12;

    /// <summary>A new id. One that is all digits in its short form is made anew: as a host name it would read as a number.</summary>
    public static string New()
    {
        while (true)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            if (id.AsSpan(0, ShortLength).ContainsAnyExcept("0123456789"))
                return id;
        }
    }

    /// <summary>The first 12 digits.</summary>
    public static string Short(string id) => id.Length > ShortLength ? id[..ShortLength] : id;
}
