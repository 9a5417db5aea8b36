namespace Deployment.Providers.Local.Protocol;

/// <summary>By how much a bucket of latencies grew.</summary>
/// <param name="Bucket">Its number, counted from 0.</param>
/// <param name="Count">How many requests more it has.</param>
internal readonly record struct BucketIncrease(int Bucket, int Count);
