using System.ComponentModel;
using System.Diagnostics;
using Pier.Model;

namespace Pier.Runtime.AppArmor;

/// <summary>
/// The policy that the kernel has loaded. A profile's text becomes what the kernel takes by AppArmor's own compiler, apparmor_parser; where
/// that is missing there is no default profile, and <see cref="Problem"/> says so.
/// </summary>
public sealed class AppArmorPolicy
{
    const string Loaded = "/sys/kernel/security/apparmor/profiles",
        Parser = "apparmor_parser";
    static readonly string[] ParserPlaces = ["/sbin/" + Parser, "/usr/sbin/" + Parser];
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Lazy<string> _default;
    readonly string? _parser;

    internal AppArmorPolicy(bool enabled)
    {
        Enabled = enabled;
        _parser = ParserPlaces.FirstOrDefault(File.Exists);
        _default = new Lazy<string>(Load);
    }

    /// <summary>Whether the kernel has AppArmor switched on.</summary>
    public bool Enabled { get; }

    /// <summary>What a user should know, or null.</summary>
    public string? Problem =>
        Enabled && !HasDefault ? $"AppArmor is on, but {Parser} is not installed: containers have no default profile" : null;

    bool HasDefault => _parser is not null || IsLoaded(DefaultProfile.Name);

    /// <summary>The default profile's name, or null where containers have none.</summary>
    public string? DefaultName => Enabled && HasDefault ? DefaultProfile.Name : null;

    /// <summary>
    /// The default profile, loaded unless it is, or null where containers have none. Throws <see cref="HostFailureException"/> when the
    /// kernel or the compiler refuse it: containers do not start without what protects them.
    /// </summary>
    public string? EnsureDefault() => DefaultName is null ? null : _default.Value;

    static bool IsLoaded(string name)
    {
        try
        {
            return File.ReadLines(Loaded).Any(l => l.StartsWith(name + " (", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    string Load()
    {
        if (IsLoaded(DefaultProfile.Name))
            return DefaultProfile.Name;
        // -K: no cache of the compiled form is written.
        var start = new ProcessStartInfo(_parser!, ["-K", "-r"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write(DefaultProfile.Text + "\n");
            process.StandardInput.Close();
            if (!process.WaitForExit(Patience))
                process.Kill();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw Failed(said.Result.Trim());
            return DefaultProfile.Name;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw Failed(e.Message);
        }
    }

    static HostFailureException Failed(string why) =>
        new($"AppArmor enabled on system but the {DefaultProfile.Name} profile could not be loaded: {why}");
}
