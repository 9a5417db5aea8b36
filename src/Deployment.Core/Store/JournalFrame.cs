namespace Deployment.Store;

/// <summary>
/// What one append makes durable: a batch of journal entries, as one line that the engine has made
/// (<c>HEAD PREVIOUS JSON\n</c>, both hashes in lower-case hexadecimal). A store keeps it byte for byte.
/// </summary>
/// <param name="Previous">The head that it follows; 64 zeros for the first.</param>
/// <param name="Head">SHA-256 over the previous head and the JSON: the new head.</param>
/// <param name="Line">The whole line, with its line feed.</param>
public sealed record JournalFrame(string Previous, string Head, ReadOnlyMemory<byte> Line)
{
    /// <summary>The head of an empty journal.</summary>
    public static string Start { get; } = new('0', 64);
}
