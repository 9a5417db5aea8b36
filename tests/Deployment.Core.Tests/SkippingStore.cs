using System.Runtime.CompilerServices;
using Deployment.Store;

namespace Deployment.Tests;

/// <summary>A store that loses a frame in the middle of a journal without a word.</summary>
internal sealed class SkippingStore(IDeploymentStore inner) : DelegatingStore(inner)
{
    public override async IAsyncEnumerable<JournalFrame> ReadJournalAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int i = 0;
        await foreach (JournalFrame frame in base.ReadJournalAsync(runId, cancellationToken))
        {
            if (i++ != 2)
            {
                yield return frame;
            }
        }
    }
}
