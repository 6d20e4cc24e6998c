using Pier.Model;
using Pier.Store;
using Pier.Store.Checking;

namespace Pier.Debug;

/// <summary>`pier debug store`: checks a data root that no daemon uses.</summary>
static class StoreCommand
{
    const string Usage = """

        Usage:  pier debug store --verify | --repair [OPTIONS]

        Check the data root of a daemon that does not run: digests, images, unpacked layers, records, leftovers

        Options:
              --data-root string        Data root (default "/var/lib/pier")
              --repair                  Remove what is broken, and rebuild what can be rebuilt
              --storage-driver string   The driver that layers are rebuilt with
              --verify                  Only look; the exit code is 1 when something is broken

        """;

    /// <summary>0: all is well, or was made well; 1: something is broken; 125: it could not be checked.</summary>
    public static int Run(string[] arguments)
    {
        var (root, driver, verify, repair) = ("/var/lib/pier", (string?)null, false, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--verify":
                    verify = true;
                    break;
                case "--repair":
                    repair = true;
                    break;
                case "--data-root" when i + 1 < arguments.Length:
                    root = arguments[++i];
                    break;
                case "--storage-driver" when i + 1 < arguments.Length:
                    driver = arguments[++i];
                    break;
                case "--help" or "-h":
                    Console.Out.Write(Usage);
                    return 0;
                default:
                    return Wrong($"unknown argument: {arguments[i]}");
            }
        }
        if (verify == repair)
            return Wrong("one of --verify and --repair is needed");
        try
        {
            return repair ? Repair(root, driver) : Verify(root);
        }
        catch (EngineException e)
        {
            Console.Error.WriteLine($"pier debug store: {e.Message}");
            return 125;
        }
    }

    static int Verify(string root)
    {
        using var check = StoreCheck.Open(root);
        var findings = check.Verify();
        Print(findings);
        var broken = findings.Count(f => !f.Harmless);
        Console.Out.WriteLine(broken == 0 ? "The store is sound." : $"{broken} broken.");
        return broken == 0 ? 0 : 1;
    }

    static int Repair(string root, string? driver)
    {
        IReadOnlyList<Finding> rest;
        using (var check = StoreCheck.Open(root))
        {
            var findings = check.Verify();
            Print(findings);
            rest = [.. check.Repair(findings).Where(f => !f.Harmless && f.Remedy is null)];
        }
        // Opening unpacks what is missing, and removes what nobody needs.
        using (var store = StoreRoot.Open(root, driver))
        {
            foreach (var warning in store.Warnings)
                Console.Out.WriteLine(warning);
            store.DrainTrash();
        }
        if (rest.Count == 0)
        {
            Console.Out.WriteLine("The store is sound.");
            return 0;
        }
        Console.Out.WriteLine($"{rest.Count} left that only you can decide on:");
        Print(rest);
        return 1;
    }

    static void Print(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
            Console.Out.WriteLine(finding);
    }

    static int Wrong(string message)
    {
        Console.Error.WriteLine($"pier debug store: {message}\n\nRun 'pier debug store --help' for more information");
        return 125;
    }
}
