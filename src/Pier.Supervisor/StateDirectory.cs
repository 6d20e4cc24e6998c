using System.Globalization;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor;

/// <summary>The supervisor's places below the exec root (a tmpfs in production). This file builds every path.</summary>
sealed class StateDirectory
{
    const uint OwnerOnly = 0x1C0; // 0700

    /// <summary>Below <paramref name="execRoot"/>.</summary>
    public StateDirectory(string execRoot)
    {
        ExecRoot = Path.GetFullPath(execRoot);
        Root = Path.Combine(ExecRoot, "supervisor");
        Entries = Path.Combine(Root, "entries");
    }

    public string ExecRoot { get; }
    public string Root { get; }
    public string Entries { get; }

    /// <summary>Held locked by keeper and supervisor: one pair a directory.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>Where clients connect.</summary>
    public string Socket => Path.Combine(Root, "socket");

    /// <summary>What was copied to no log yet; see <see cref="Logs.Journal"/>.</summary>
    public string Journal => Path.Combine(Root, "journal");

    /// <summary>Pids of launches under way, written by the kernel.</summary>
    public string Launches => Path.Combine(Root, "launches");

    /// <summary>The list of descriptors that one process leaves to the next.</summary>
    public string Handover => Path.Combine(Root, "handover");

    /// <summary>One process' durable record.</summary>
    public string Entry(long id) => Path.Combine(Entries, id.ToString("x16", CultureInfo.InvariantCulture));

    /// <summary>Ids of all records.</summary>
    public IEnumerable<long> EntryIds() =>
        Directory
            .EnumerateFiles(Entries)
            .Select(f => long.TryParse(Path.GetFileName(f), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0);

    /// <summary>Makes the directories, for this user alone.</summary>
    public void Create()
    {
        Directory.CreateDirectory(ExecRoot);
        PlainFile.MakeDirectory(Root, OwnerOnly);
        PlainFile.MakeDirectory(Entries, OwnerOnly);
    }
}
