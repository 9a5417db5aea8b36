namespace Deployment.Providers.PostgreSql.Backups;

/// <summary>What a database was at one moment, to which the copy is compared.</summary>
/// <param name="Schema">Its schema as SQL.</param>
/// <param name="Sums">What each table adds up to.</param>
/// <param name="SequencesBefore">How far sequences had come when the dump began.</param>
/// <param name="SequencesAfter">And when it had ended.</param>
internal sealed record BackupSource(string Schema, IReadOnlyDictionary<string, string> Sums, IReadOnlyDictionary<string, long> SequencesBefore, IReadOnlyDictionary<string, long> SequencesAfter);
