using System.Security.Cryptography;

namespace Deployment.Testing;

internal static class BlobCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Blob_Put_IsNamedByItsHashAndKept", NamedAndKept),
        new("Blob_PutTwice_IsTheSame", PutTwice),
        new("Blob_Unknown_IsNull", Unknown),
        new("Blob_CallersBytesChanged_IsNotChanged", BytesChanged),
    ];

    private static async Task NamedAndKept(StoreTrial trial)
    {
        foreach (int length in new[] { 0, 1, 4096, 300_000 })
        {
            byte[] content = Content(length);
            string name = await trial.First.PutBlobAsync(content, trial.Cancellation);
            trial.Holds(name == Convert.ToHexStringLower(SHA256.HashData(content)), $"{length} bytes are named {name}");
            await HasAsync(trial, name, content);
        }
    }

    private static async Task PutTwice(StoreTrial trial)
    {
        byte[] content = Content(100);
        string first = await trial.First.PutBlobAsync(content, trial.Cancellation);
        string second = await trial.Second.PutBlobAsync(content, trial.Cancellation);
        trial.Holds(first == second, "the same bytes have two names");
        await HasAsync(trial, first, content);
    }

    private static async Task Unknown(StoreTrial trial)
    {
        ReadOnlyMemory<byte>? found = await trial.First.GetBlobAsync(Convert.ToHexStringLower(SHA256.HashData(Content(7))), trial.Cancellation);
        trial.Holds(found is null, "a blob that was never put was found");
    }

    private static async Task BytesChanged(StoreTrial trial)
    {
        byte[] content = Content(100);
        string name = await trial.First.PutBlobAsync(content, trial.Cancellation);
        content[0] ^= 1;
        await HasAsync(trial, name, Content(100));
    }

    private static async Task HasAsync(StoreTrial trial, string name, byte[] content)
    {
        ReadOnlyMemory<byte>? found = await trial.Second.GetBlobAsync(name, trial.Cancellation);
        trial.Holds(found is not null, "a blob that was put isn't found");
        trial.Holds(found!.Value.Span.SequenceEqual(content), "its bytes are others");
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 31))];
}
