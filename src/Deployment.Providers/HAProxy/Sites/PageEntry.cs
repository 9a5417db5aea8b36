namespace Deployment.Providers.HAProxy.Sites;

/// <summary>The page that everything is answered with.</summary>
internal sealed record PageEntry(int RetryAfter, byte[] Html)
{
    public bool Equals(PageEntry? other) => other is not null && RetryAfter == other.RetryAfter && Html.AsSpan().SequenceEqual(other.Html);

    public override int GetHashCode() => HashCode.Combine(RetryAfter, Html.Length);
}
