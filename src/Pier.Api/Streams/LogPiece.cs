using System.Text;
using Pier.Contracts;
using Pier.Engine.Logs;

namespace Pier.Api.Streams;

/// <summary>Fills buffers with the lines of pages: frame, time, attributes, text.</summary>
sealed class LogPiece(bool framed, bool timestamps, bool details)
{
    byte[] _before = [];
    long _stampOf = -1;
    string _attributesOf = "",
        _attributes = "";
    bool _held;

    /// <summary>
    /// Takes lines until the page is empty (true) or the buffer full (false: call again with an empty one, the line that did not fit is
    /// kept by the page). A line that fits into no buffer makes it grow.
    /// </summary>
    public bool Take(LogPage page, ref byte[] buffer, ref int used)
    {
        while (_held ? page.Again(out var line) : page.Next(out line))
        {
            var before = Before(line);
            var need = before.Length + LogFrames.MaxLength(line);
            if (need > buffer.Length - used)
            {
                _held = used > 0;
                if (_held)
                    return false;
                Array.Resize(ref buffer, need);
            }
            _held = false;
            used += LogFrames.Write(line, framed, before, buffer.AsSpan(used));
        }
        return true;
    }

    /// <summary>The time with a space, then the attributes with a space, as asked.</summary>
    ReadOnlySpan<byte> Before(in LogLine line)
    {
        if (!timestamps && !details)
            return [];
        var attributes = details ? Attributes(line) : "";
        if (_stampOf != line.TimeNanoseconds)
        {
            _stampOf = line.TimeNanoseconds;
            var stamp = timestamps ? Timestamps.FormatNanoseconds(line.TimeNanoseconds) + " " : "";
            _before = Encoding.UTF8.GetBytes(details ? stamp + attributes + " " : stamp);
        }
        return _before;
    }

    string Attributes(in LogLine line)
    {
        var json = Encoding.UTF8.GetString(line.Attributes);
        if (json == _attributesOf)
            return _attributes;
        (_attributesOf, _attributes, _stampOf) = (json, LogDetails.Describe(line.Attributes), -1);
        return _attributes;
    }
}
