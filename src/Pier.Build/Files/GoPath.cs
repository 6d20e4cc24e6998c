namespace Pier.Build.Files;

/// <summary>Go's filepath.Match on one name: *, ? and the backslash.</summary>
static class GoPath
{
    public static bool IsMatch(string pattern, string name) => IsMatch(pattern, 0, name, 0);

    static bool IsMatch(string pattern, int p, string name, int n)
    {
        for (; p < pattern.Length; p++, n++)
        {
            if (pattern[p] == '*')
            {
                for (var skip = n; skip <= name.Length; skip++)
                    if (IsMatch(pattern, p + 1, name, skip)) return true;
                return false;
            }
            if (n == name.Length) return false;
            if (pattern[p] == '?') continue;
            if (pattern[p] == '\\' && p + 1 < pattern.Length) p++;
            if (pattern[p] != name[n]) return false;
        }
        return n == name.Length;
    }
}
