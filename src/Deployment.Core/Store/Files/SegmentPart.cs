namespace Deployment.Store.Files;

/// <summary>The part of a segment that counts.</summary>
/// <param name="Path">The segment's file.</param>
/// <param name="Follows">The head that its first frame follows.</param>
/// <param name="End">The offset of its end.</param>
/// <param name="MayBeTorn">Whether its end is where a power cut could have torn a frame.</param>
internal sealed record SegmentPart(string Path, string Follows, long End, bool MayBeTorn);
