using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Gives each user one revision by weighted rendezvous hashing: every revision draws a number for the user, and the best one for its share
/// has the user. Users spread by the shares, and a revision whose share grows only gains users, so nobody moves back and forth.
/// </summary>
internal static class StickyShare
{
    /// <summary>The index of the user's revision.</summary>
    /// <param name="user">What tells the user apart.</param>
    /// <param name="shares">Percent by revision, at least one.</param>
    public static int Of(string user, IReadOnlyList<KeyValuePair<string, int>> shares)
    {
        int best = 0;
        double bestScore = double.NegativeInfinity;
        for (int index = 0; shares.Count > 1 && index < shares.Count; index++)
        {
            // -ln of an even draw is exponential; with the share as its rate, the chance to be the first is the share.
            double score = -shares[index].Value / Math.Log(Draw(user, shares[index].Key));
            if (score > bestScore)
            {
                (best, bestScore) = (index, score);
            }
        }

        return best;
    }

    // Between 0 and 1, both excluded. SHA-256, because the user chooses the text and the draws of two revisions must not be alike.
    private static double Draw(string user, string revision)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(revision + "\n" + user), hash);
        return ((BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) + 0.5) / (1UL << 53);
    }
}
