namespace Deployment.Providers.Local.Protocol;

/// <summary>What became of the copies of requests that a candidate was sent.</summary>
/// <param name="Sent">Copies sent.</param>
/// <param name="Skipped">Copies not sent because too many were under way.</param>
/// <param name="Failed">Copies that the candidate did not answer whole or in time.</param>
/// <param name="Same">Answers like those that the users got.</param>
/// <param name="OtherStatus">Answers with another status.</param>
/// <param name="OtherBody">Answers with the same status and another body.</param>
internal sealed record MirrorMetrics(long Sent, long Skipped, long Failed, long Same, long OtherStatus, long OtherBody);
