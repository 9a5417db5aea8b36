namespace Deployment.Providers.Aws.Sites;

/// <summary>The order in which S3 lists keys, that of their bytes in UTF-8 (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). The order of .NET's characters differs beyond U+FFFF.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> one = x;
        ReadOnlySpan<char> other = y;
        int same = one.CommonPrefixLength(other);
        return same == one.Length || same == other.Length ? one.Length.CompareTo(other.Length) : Rank(one[same]).CompareTo(Rank(other[same]));
    }

    // Surrogates stand for what comes after all other characters.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
