namespace Pier.CompatTests;

/// <summary>
/// Programs of the Debian release after this machine's, which `./make newer` unpacks. PIER_NEWER names another tree of packages
/// to judge by.
/// </summary>
static class Newer
{
    static readonly string _root =
        Environment.GetEnvironmentVariable("PIER_NEWER") ?? System.IO.Path.Combine(PierDaemon.RepositoryRoot(), "artifacts", "trixie");

    /// <summary>Where packages put programs and the docker client its plugins.</summary>
    static readonly string[] _directories = ["usr/bin", "usr/sbin", "usr/libexec/docker/cli-plugins"];

    /// <summary>A program's path, or null.</summary>
    public static string? Find(string name) => _directories.Select(d => System.IO.Path.Combine(_root, d, name)).FirstOrDefault(File.Exists);

    /// <summary>A program's path; the test is skipped where it is not there.</summary>
    public static string Path(string name)
    {
        var path = Find(name);
        Skip.If(path is null, $"{name} of Debian 13 is not below {_root}: run ./make newer");
        return path;
    }
}
