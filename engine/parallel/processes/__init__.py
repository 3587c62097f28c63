"""Worker processes that share out the steps of a training run with the process that trains.

Threads of one process compute at the same time only while NumPy is inside a large operation; between the operations
they wait for Python's lock, and to be woken takes as long as a small network's step. Processes wait for nothing but
each other, and that in a loop that looks at shared memory. Nothing is sent through a pipe in a step: weights,
gradients, the optimizer's memory and the examples of the batch lie in memory that all of them see.

| file | what is in it |
|---|---|
| `shared_arrays` | named arrays in one piece of shared memory |
| `signals` | the words through which a job is announced and reported done, and how to wait for them |
| `description` | a run in JSON: network, loss, optimizer, sizes |
| `team` | the processes: started once, kept for later runs, ended with this process |
| `team_run` | a run as the process that trains sees it |
| `member` | the same run as a worker process sees it |
"""
