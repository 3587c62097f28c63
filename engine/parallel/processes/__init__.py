"""Worker processes that compute shards of each batch of a training run.

Threads of one process compute at the same time only while NumPy is inside a large operation; between the operations
they wait for Python's lock. Processes do not. They compute losses and gradients and nothing else: the optimizer's rule
stays with the process that trains. Values, batch and gradients are in memory that all of them see; a task and its end
are a few bytes through a pipe, so nobody waits in a loop, and the end of a process is seen at once.

| file | what is in it |
|---|---|
| `shared_arrays` | named arrays in one piece of shared memory |
| `run_spec` | a run in JSON: network, loss, sizes |
| `process_pool` | the processes: started once, kept for later runs, ended with this process |
| `pool_run` | a run as the process that trains sees it |
| `worker` | the same run as a worker process sees it |

They need Linux (`memfd_create`, `/proc`); elsewhere threads compute the same shards.
"""
