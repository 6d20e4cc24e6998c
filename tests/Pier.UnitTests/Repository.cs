using System.Runtime.CompilerServices;

namespace Pier.UnitTests;

/// <summary>Places of the checkout that the tests were built from.</summary>
static class Repository
{
    /// <summary>An absolute path of a file of the checkout.</summary>
    public static string Path(string relative, [CallerFilePath] string here = "")
    {
        var tests = System.IO.Path.GetDirectoryName(here)!;
        while (!File.Exists(System.IO.Path.Combine(tests, "Directory.Packages.props")))
            tests = System.IO.Path.GetDirectoryName(tests)!;
        return System.IO.Path.Combine(tests, relative);
    }
}
