namespace Deployment.Sql.Tests.Lint.Support;

/// <summary>A script of a case.</summary>
/// <param name="Phase">expand, backfill, contract, or undo: that of the script before.</param>
/// <param name="Text">Its text, marks included: they are comments.</param>
internal sealed record CorpusScript(string Phase, string Text);
