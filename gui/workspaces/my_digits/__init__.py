"""The tab My digits: what people drew, under what it is; learning from it; and what it says about their hand."""
