using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Keeper;

/// <summary>
/// The list that goes with inherited descriptors across execve, a line an entry: "id pid role:fd role:fd ...". The descriptors themselves
/// have no
/// FD_CLOEXEC on the way, so that all of them arrive or none.
/// </summary>
static class Handover
{
    /// <summary>Writes the list and makes the descriptors inheritable.</summary>
    public static void Write(StateDirectory state, IEnumerable<KeptEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Id} {entry.Pid}");
            foreach (var (role, fd) in entry.Descriptors)
            {
                Descriptor.SetCloseOnExec(fd, false);
                text.Append(CultureInfo.InvariantCulture, $" {(byte)role}:{Descriptor.Number(fd)}");
            }
            text.Append('\n');
        }
        File.WriteAllText(state.Handover + ".new", text.ToString());
        PlainFile.Rename(state.Handover + ".new", state.Handover);
    }

    /// <summary>Reads the list and takes the descriptors over; they are close-on-exec then unless <paramref name="inheritable"/>.</summary>
    public static List<KeptEntry> Read(StateDirectory state, bool inheritable)
    {
        var entries = new List<KeptEntry>();
        foreach (var line in File.ReadLines(state.Handover))
        {
            var words = line.Split(' ');
            var entry = new KeptEntry(
                long.Parse(words[0], CultureInfo.InvariantCulture),
                int.Parse(words[1], CultureInfo.InvariantCulture)
            );
            foreach (var word in words.AsSpan(2))
            {
                var colon = word.IndexOf(':');
                var number = int.Parse(word.AsSpan(colon + 1), CultureInfo.InvariantCulture);
                if (!Descriptor.IsOpen(number))
                    continue;
                var fd = Descriptor.Own(number);
                Descriptor.SetCloseOnExec(fd, !inheritable);
                entry.Descriptors[(Role)byte.Parse(word.AsSpan(0, colon), CultureInfo.InvariantCulture)] = fd;
            }
            entries.Add(entry);
        }
        return entries;
    }
}
