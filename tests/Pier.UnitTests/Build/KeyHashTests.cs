using Pier.Build.Cache;

namespace Pier.UnitTests.Build;

/// <summary>Keys of different steps differ, however their parts are cut.</summary>
public class KeyHashTests
{
    static string Key(Action<KeyHash> add)
    {
        using var hash = new KeyHash("test");
        add(hash);
        return hash.Finish();
    }

    [Fact]
    public void Parts_do_not_run_into_each_other()
    {
        string[] keys =
        [
            Key(h => h.Add("ab").Add("c")),
            Key(h => h.Add("a").Add("bc")),
            Key(h => h.Add("abc")),
            Key(h => h.Add(["ab", "c"])),
            Key(h => h.Add(["a", "bc"])),
            Key(h => h.Add(Array.Empty<string>()).Add("abc")),
            Key(h => h.Add(1).Add("abc")),
            Key(h => h.Add(true).Add("abc").Add(false)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Key(h => h.Add("ab").Add("c")));
    }
}
