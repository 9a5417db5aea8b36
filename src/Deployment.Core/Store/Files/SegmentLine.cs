namespace Deployment.Store.Files;

/// <summary>A line of a journal segment with its line feed; the last one may lack it.</summary>
internal readonly record struct SegmentLine(long Offset, ReadOnlyMemory<byte> Bytes);
