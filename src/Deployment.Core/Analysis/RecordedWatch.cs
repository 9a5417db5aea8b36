using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Analysis;

/// <summary>A watch that decided, and what it rested on.</summary>
/// <param name="Step">The step that watched.</param>
/// <param name="Entry">The journal's entry of its verdict.</param>
/// <param name="Record">What it saw; null where that can't be read.</param>
/// <param name="Problem">Why it can't be read; null where it can.</param>
internal sealed record RecordedWatch(CheckStep Step, JournalEntry Entry, WatchRecord? Record, DeploymentException? Problem);
