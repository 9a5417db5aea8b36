using System.Buffers;

namespace Deployment.Commands;

/// <summary>What is removed from a command's output, ready for searching.</summary>
internal sealed class SecretPatterns
{
    private readonly string[] _sorted;
    private readonly SearchValues<string> _any;
    private readonly SearchValues<char> _first;
    private readonly int _longest;

    internal SecretPatterns(IEnumerable<string> secrets)
    {
        _sorted = [.. secrets.SelectMany(SecretForms.Of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _any = SearchValues.Create(_sorted, StringComparison.Ordinal);
        _first = SearchValues.Create([.. _sorted.Select(pattern => pattern[0])]);
        _longest = _sorted.Length == 0 ? 0 : _sorted.Max(pattern => pattern.Length);
    }

    /// <summary>All that a command knows and nobody may read.</summary>
    internal static SecretPatterns Of(Command command)
    {
        IEnumerable<string> secrets = command.SecretEnvironment.Values.Concat(command.KnownSecrets).Select(secret => secret.Reveal());
        return new SecretPatterns(command.StandardInput is { } input ? secrets.Append(input.Reveal()) : secrets);
    }

    /// <summary>Where the first secret begins; -1 when there is none.</summary>
    internal int Find(ReadOnlySpan<char> text) => _longest == 0 ? -1 : text.IndexOfAny(_any);

    /// <summary>How long the longest secret is that the text begins with.</summary>
    internal int LengthAt(ReadOnlySpan<char> text)
    {
        int length = 0;
        foreach (string pattern in _sorted)
        {
            if (pattern.Length > length && text.StartsWith(pattern, StringComparison.Ordinal))
            {
                length = pattern.Length;
            }
        }

        return length;
    }

    /// <summary>Where the text's end might be the beginning of a secret, so that nothing from there on can be shown yet.</summary>
    internal int HoldFrom(ReadOnlySpan<char> text)
    {
        for (int i = Math.Max(0, text.Length - _longest + 1); i < text.Length; i++)
        {
            if (_first.Contains(text[i]) && MayGoOn(text[i..]))
            {
                return i;
            }
        }

        return text.Length;
    }

    private bool MayGoOn(ReadOnlySpan<char> end)
    {
        int low = 0;
        int high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sorted[middle].AsSpan().SequenceCompareTo(end) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        // The first one behind it in order: whatever begins with it and is longer stands there.
        return low < _sorted.Length && _sorted[low].AsSpan().StartsWith(end, StringComparison.Ordinal);
    }
}
