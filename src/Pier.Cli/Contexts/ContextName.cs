using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Pier.Cli.Contexts;

/// <summary>The rules for names of contexts, and where a name leads on disk.</summary>
static class ContextName
{
    /// <summary>The context that is not stored: what options and environment say.</summary>
    public const string Default = "default";

    static readonly SearchValues<char> First = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    static readonly SearchValues<char> Rest = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-");

    /// <summary>Refuses what cannot be the name of a stored context, in Docker's words.</summary>
    public static void Check(string name)
    {
        if (name.Length == 0)
            throw new CliFailure("context name cannot be empty");
        if (name == Default)
            throw new CliFailure("\"default\" is a reserved context name");
        if (name.Length < 2 || !First.Contains(name[0]) || name.AsSpan(1).ContainsAnyExcept(Rest))
            throw new CliFailure(
                $"context name \"{name}\" is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\""
            );
    }

    /// <summary>The name of a context's directories: the SHA-256 of its name in hexadecimal digits.</summary>
    public static string Digest(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Compares names so that numbers in them count as numbers: t2 comes before t11.</summary>
    public static int Compare(string a, string b)
    {
        int i = 0,
            j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var x = Number(a, ref i);
                var y = Number(b, ref j);
                var order = x.Length != y.Length ? x.Length - y.Length : x.SequenceCompareTo(y);
                if (order != 0)
                    return order;
            }
            else if (a[i] != b[j])
                return a[i] - b[j];
            else
                (i, j) = (i + 1, j + 1);
        }
        var rest = (a.Length - i) - (b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    static ReadOnlySpan<char> Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
