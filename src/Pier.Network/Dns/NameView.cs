using System.Net;

namespace Pier.Network.Dns;

/// <summary>What one container can resolve: the names of its networks, its own aliases (links), and where to ask for the rest.</summary>
/// <param name="Networks">In the order in which they are asked.</param>
/// <param name="Upstreams">Servers for other names; none for a container whose networks have no way out.</param>
sealed record NameView(IReadOnlyList<(NameTable Names, IReadOnlyDictionary<string, string> Links)> Networks, Upstreams Upstreams)
{
    /// <summary>
    /// Answers a query from the container's own networks; 0 when the name is none of theirs and somebody else has to be asked.
    /// </summary>
    /// <param name="query">The message as it came.</param>
    /// <param name="question">What it asks.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="limit">Its greatest length.</param>
    /// <param name="turn">Which of several addresses comes first.</param>
    public int Answer(ReadOnlySpan<byte> query, in DnsQuestion question, Span<byte> answer, int limit, int turn)
    {
        if (question.Class != DnsAnswer.ClassIn || question.Name is not { Length: > 0 } name)
            return Unknown(query, question, answer, limit);
        if (question.Type == DnsAnswer.Ptr && ReverseName.Parse(name) is { } address)
            return AnswerReverse(query, question, answer, limit, address);
        var addresses = new List<IPAddress>();
        var known = Find(name, question.Type is DnsAnswer.A or DnsAnswer.Any, question.Type is DnsAnswer.Aaaa or DnsAnswer.Any, addresses);
        if (!known)
            return Unknown(query, question, answer, limit);
        // A name that is there without a record of the type: an answer without records, not "no such name".
        return addresses.Count == 0
            ? DnsAnswer.Write(answer, query, question, DnsResult.None, limit)
            : DnsAnswer.Write(answer, query, question, addresses, turn % addresses.Count, limit);
    }

    bool Find(string name, bool v4, bool v6, List<IPAddress> addresses)
    {
        foreach (var (names, links) in Networks)
            if (links.TryGetValue(name, out var target) && names.TryFind(target, v4, v6, addresses))
                return true;
        foreach (var (names, _) in Networks)
            if (names.TryFind(name, v4, v6, addresses))
                return true;
        return false;
    }

    int AnswerReverse(ReadOnlySpan<byte> query, in DnsQuestion question, Span<byte> answer, int limit, IPAddress address)
    {
        foreach (var (names, _) in Networks)
            if (names.NameOf(address) is { } name)
                return DnsAnswer.WriteName(answer, query, question, name, limit);
        // Nobody outside knows an address of these networks: the question stays here (RFC 6303).
        return Networks.Any(n => n.Names.Owns(address))
            ? DnsAnswer.Write(answer, query, question, DnsResult.NameError, limit)
            : Unknown(query, question, answer, limit);
    }

    int Unknown(ReadOnlySpan<byte> query, in DnsQuestion question, Span<byte> answer, int limit) =>
        Upstreams.Servers.Count > 0 ? 0 : DnsAnswer.Write(answer, query, question, DnsResult.NameError, limit);
}
