namespace Pier.Build.Frontend.Checks;

/// <summary>Names of variables that tell of a secret: a word such as "token" or "password" among the words of the name.</summary>
static class SecretNames
{
    static readonly string[] Words =
    [
        "apikey",
        "auth",
        "credential",
        "credentials",
        "key",
        "password",
        "pword",
        "passwd",
        "secret",
        "token",
    ];

    public static bool IsSecret(string name)
    {
        var words = name.ToLowerInvariant().Split('_', '-', '.');
        return words.Any(Words.Contains) && !words.Contains("public") && !words.Contains("pubkey") && words is not [.., "key", "id"];
    }
}
