using System.Runtime.InteropServices;
using Deployment.Secrets;

namespace Deployment.Commands;

/// <summary>Removes secrets from a text that comes in pieces, wherever the pieces are cut.</summary>
internal sealed class SecretFilter(SecretPatterns patterns, Action<ReadOnlySpan<char>> sink)
{
    private readonly List<char> _pending = [];

    /// <summary>Passes on what can be shown by now.</summary>
    internal void Write(ReadOnlySpan<char> text)
    {
        _pending.AddRange(text);
        Pass(last: false);
    }

    /// <summary>Passes on the rest: nothing more comes.</summary>
    internal void Complete() => Pass(last: true);

    private void Pass(bool last)
    {
        ReadOnlySpan<char> text = CollectionsMarshal.AsSpan(_pending);
        int done = 0;
        int hold = last ? text.Length : patterns.HoldFrom(text);
        while (done < text.Length)
        {
            int found = patterns.Find(text[done..]);
            // What begins before the hold can't become a longer secret; what begins behind it still can.
            if (found < 0 || done + found >= hold)
            {
                sink(text[done..hold]);
                done = hold;
                break;
            }

            sink(text.Slice(done, found));
            sink(Secret.Mask);
            done += found;
            done += patterns.LengthAt(text[done..]);
            if (done > hold)
            {
                hold = done + (last ? text.Length - done : patterns.HoldFrom(text[done..]));
            }
        }

        _pending.RemoveRange(0, done);
    }
}
